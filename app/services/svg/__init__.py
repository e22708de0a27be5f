"""SVG images rewritten without anything active or external."""

from app.services.svg.cleaning import clean_svg

__all__ = ["clean_svg"]
