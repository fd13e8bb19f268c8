"""Drawing: the only folder that imports PyVista."""
