"""Own models and data in the form of the labs: a module, `(inputs, labels)` batches, a device.

Heavy libraries (torchvision, transformers, pandas) are imported when a function needs them.
"""

from labkit.adapters.batches import first_batch, overlap, random_data
from labkit.adapters.devices import pick_device
from labkit.adapters.errors import AdapterError
from labkit.adapters.images import image_folder
from labkit.adapters.tables import table_data
from labkit.adapters.text import text_classifier, text_data
from labkit.adapters.vision import torchvision_model

__all__ = [
    "AdapterError",
    "first_batch",
    "image_folder",
    "overlap",
    "pick_device",
    "random_data",
    "table_data",
    "text_classifier",
    "text_data",
    "torchvision_model",
]
