"""Pictures of figures: drawn once as shapes, written for pages (SVG) and for Word (DrawingML).

    figures of a form ──choose──▶ flow, bars ──▶ Drawing ──┬─ svg ───────▶ <svg> in a page
                             └──▶ a sentence               └─ drawingml ─▶ a group of shapes in Word

In:   a form that declares its pictures, this year's values, last year's, those of each unit.
Out:  drawings where there is something to see, and sentences where there is not.
"""

from tianbao.reports.pictures.choose import Pictures, draw_pictures

__all__ = ["Pictures", "draw_pictures"]
