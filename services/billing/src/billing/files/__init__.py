"""Files that others uploaded to the gateway's store: billing reads them, and never writes one."""
