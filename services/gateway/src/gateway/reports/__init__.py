"""Reports: asked of the services, with the company filled in where it goes without saying."""
