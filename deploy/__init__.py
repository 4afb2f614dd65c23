"""Ways to run CLAS: real servers for demos and tests, images and manifests for production."""
