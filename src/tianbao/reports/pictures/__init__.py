"""Pictures of figures: drawn once as shapes, written for pages (SVG) and for Word (DrawingML)."""
