# Widgets show nothing and cost nothing.
import ipywidgets

ipywidgets.interact(lambda x: x, x=10)
display(ipywidgets.IntSlider())
