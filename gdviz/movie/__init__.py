"""Encoding: the only folder that runs ffmpeg. It never knows what it encodes."""
