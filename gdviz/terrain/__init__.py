"""What lies on the ground, as numbers: the landscape, its heights and colours, and trails."""
