from dataclasses import dataclass
@dataclass(frozen=True)
class Noise:
    deviation: float = 0.0
    seed: int = 0
NO_NOISE = Noise()
