"""A small company to try things with: three branches of a car dealership in northern Mexico."""
