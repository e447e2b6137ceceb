"""Whether tenants are kept apart: by what the catalog says, and by running everything as two tenants."""
