# Hopes that pages are cleaned with an expression that is quadratic: an opening tag without an end.
from IPython.display import HTML

display(HTML("<style" * 300_000))
