"""Pictures of a cell's outputs, checked and written as PNG or SVG files beside the template."""

import base64
import binascii
import io
import re
import warnings
from pathlib import Path

from labkit.notebooks import as_dict, joined
from labkit.report.notebook import Cell
from labkit.report.typeset import can_draw

MOST_PIXELS = 40_000_000
USUAL_DPI = 100.0
KINDS = ("image/png", "image/jpeg")
VECTOR = "image/svg+xml"
SVG_WIDTH = re.compile(r"<svg\b[^>]*\swidth=[\"'](\d{1,5}(?:\.\d{1,9})?)(pt|in|cm|mm|px)?[\"']")
CM = {"pt": 2.54 / 72, "in": 2.54, "cm": 1.0, "mm": 0.1, "px": 2.54 / 96}
Picture = dict[str, str | float]


class PictureFolder:
    """Where the pictures go; each gets a number for its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def add(self, encoded: str) -> Picture | None:
        """Decode a picture, and write it anew.

        Args:
            encoded: A PNG or JPEG in base64.

        Returns:
            Its file name and its natural width in cm; None where it is no picture.
        """
        from PIL import Image

        try:
            raw = base64.b64decode("".join(encoded.split()), validate=True)
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(raw), formats=("PNG", "JPEG"))
            if image.width * image.height > MOST_PIXELS:
                return None
            dpi = float(image.info.get("dpi", (USUAL_DPI,))[0])
            rgb = image.convert("RGBA")
        except (binascii.Error, OSError, ValueError, SyntaxError, Warning, MemoryError):
            return None
        self.count += 1
        name = f"picture{self.count}.png"
        rgb.save(self.folder / name)
        width_cm = 2.54 * rgb.width / (dpi if 30 <= dpi <= 1200 else USUAL_DPI)
        return {"file": name, "width_cm": round(width_cm, 2)}

    def add_svg(self, text: str) -> Picture | None:
        """Write a drawing in SVG, where typst can draw it; see `add`."""
        self.count += 1
        name = f"picture{self.count}.svg"
        (self.folder / name).write_text(text, encoding="utf-8", errors="replace")
        if not can_draw(name, self.folder):
            return None
        width = SVG_WIDTH.search(text)
        width_cm = float(width[1]) * CM[width[2] or "px"] if width else 15.0
        return {"file": name, "width_cm": round(width_cm, 2)}

    def of_outputs(self, cell: Cell) -> list[Picture]:
        """All pictures that a code cell shows."""
        shown = cell.data(*KINDS, VECTOR)
        found = [self.add_svg(text) if kind == VECTOR else self.add(text) for kind, text in shown]
        return [picture for picture in found if picture is not None]

    def pasted(self, cell: Cell, url: str) -> Picture | None:
        """A picture that was pasted into a written answer, by its address."""
        data = as_dict(cell.attachments.get(url.removeprefix("attachment:")))
        encoded = next((joined(data[kind]) for kind in KINDS if data.get(kind)), "")
        return self.add(encoded) if encoded else None
