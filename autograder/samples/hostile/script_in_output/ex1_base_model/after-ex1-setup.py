# Hopes that the instructor's browser runs it: `hostile` must stand in no script and no handler.
SCRIPT = "<script>hostile()</script>"
BREAK_OUT = '"><img src=x onerror=hostile()>'
display({"text/html": SCRIPT + "<a href='javascript:hostile()'>x</a>" + BREAK_OUT}, raw=True)
display({"text/html": "<style>@import 'hostile'" + SCRIPT + "<b onmouseover=hostile()>"}, raw=True)
display({"image/svg+xml": f"<svg onload='hostile()'>{SCRIPT}</svg>"}, raw=True)
display({"text/markdown": SCRIPT + "[x](javascript:hostile())" + BREAK_OUT}, raw=True)
display({"text/latex": "$" + SCRIPT + "$" + BREAK_OUT, "text/plain": SCRIPT}, raw=True)
display({"image/png": "iVBORw0KGgo" + BREAK_OUT}, raw=True)
display({"image/jpeg": BREAK_OUT + SCRIPT, "text/plain": SCRIPT}, raw=True)
print(SCRIPT, BREAK_OUT)
raise type(SCRIPT, (Exception,), {})(BREAK_OUT)
