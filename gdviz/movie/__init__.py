"""Encoding: the only folder that runs ffmpeg. It knows nothing of what the frames show."""
