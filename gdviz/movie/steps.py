"""The ways to encode films of each format in ever fewer bytes, the first of them without a limit."""

from gdviz.movie.budget import Step

# What is least missed goes first: a WebP's quality, as long as no blocks are seen; some pixels, since most pages show a
# picture smaller than it is; then half of the frames, with all pixels again; then pixels and quality together. A GIF
# that is scaled a little has as many bytes as before.
GIF_STEPS = (
    Step(256),
    Step(256, 24),
    *(Step(256, 24, scale, 1.15) for scale in (0.8, 0.7)),
    Step(256, 12),
    *(Step(256, 12, scale, 1.15) for scale in (0.8, 0.75, 0.7, 0.65, 0.6)),
    *(Step(128, 12, scale, 0.95) for scale in (0.6, 0.55, 0.5, 0.45, 0.4, 0.35)),
    *(Step(64, 12, scale, 0.8) for scale in (0.35, 0.3)),
    *(Step(64, 8, scale, 0.75) for scale in (0.3, 0.25)),
)
WEBP_STEPS = (
    Step(55),
    Step(45, share=0.86),
    Step(35, share=0.72),
    *(Step(35, 24, scale, 0.72) for scale in (1, 0.9, 0.8)),
    *(Step(35, 12, scale, 0.72) for scale in (1, 0.9, 0.8, 0.7, 0.6)),
    *(Step(30, 12, scale, 0.66) for scale in (0.55, 0.5, 0.45, 0.4, 0.35)),
    *(Step(25, 12, scale, 0.6) for scale in (0.35, 0.3)),
    *(Step(25, 8, scale, 0.6) for scale in (0.3, 0.25)),
)
APNG_STEPS = (
    Step(0),
    *(Step(0, 24, scale) for scale in (1, 0.9, 0.8)),
    *(Step(0, 12, scale) for scale in (1, 0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3)),
    *(Step(0, 8, scale) for scale in (0.3, 0.25)),
)
MP4_STEPS = (
    Step(0),  # as the parts are
    *(Step(crf, share=2 ** ((18 - crf) / 6)) for crf in (20, 22, 24, 26, 28)),
    *(Step(28, scale=scale, share=0.31) for scale in (0.85, 0.75, 0.65, 0.6, 0.55, 0.5)),
    *(Step(30, 12, scale, 0.25) for scale in (0.5, 0.45, 0.4, 0.35, 0.3, 0.25)),
)
