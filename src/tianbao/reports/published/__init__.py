"""The report as the law wants it published: as a Word file to sign, and as a page for the portal and the notice board."""
