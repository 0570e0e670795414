"""The page of a folder: what a person sees who opens the share in a browser."""

from caraway.webdav.page.render import Page, render_page

__all__ = ["Page", "render_page"]
