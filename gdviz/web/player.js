// What moves the page through the descent: the button, the slider, and the keyboard.

const SYMBOLS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  reset: "M12 5V1.5L7 6l5 4.5V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z",
};

function symbol(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SYMBOLS[name]}"/></svg>`;
}

class Player {
  constructor(data, film, show) {
    Object.assign(this, { film, show, data });
    this.frames = data.player.positions;
    this.fps = data.player.fps;
    this.loop = data.player.loop;
    this.button = document.getElementById("play");
    this.slider = document.getElementById("moment");
    this.output = document.getElementById("told");
    this.slider.max = String(film.moments.length - 1);
    this.m = 0;
    this.playing = false;
    this.way = 1;
    this.button.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.stop(+this.slider.value));
    document.addEventListener("keydown", (event) => this.key(event));
    this.looks();
  }

  get last() {
    return this.film.moments.length - 1;
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? 10 : 1;
    const whole = Math.round(this.m * 1e6) / 1e6;
    const moves = {
      ArrowRight: () => this.stop(Math.floor(whole) + step),
      ArrowLeft: () => this.stop(Math.ceil(whole) - step),
      Home: () => this.stop(0),
      End: () => this.stop(this.last),
    };
    if (event.key === " " && event.target.tagName !== "BUTTON") this.toggle();
    else if (moves[event.key]) moves[event.key]();
    else return;
    event.preventDefault();
  }

  toggle() {
    if (this.playing) {
      this.stop(this.m);
      return;
    }
    const position = this.film.positionAt(this.m);
    this.frame = position >= this.film.steps ? 0 : Math.max(lastUpTo(this.frames, position), 0);
    if (this.frame && this.frames[this.frame] < position) {
      const [one, other] = [this.frames[this.frame], this.frames[this.frame + 1]];
      this.frame += other > one ? (position - one) / (other - one) : 0;
    }
    this.way = 1;
    this.playing = true;
    this.looks();
    this.before = performance.now();
    requestAnimationFrame((time) => this.next(time));
  }

  /** Stand still at a place among the moments. */
  stop(m) {
    this.playing = false;
    this.looks();
    this.go(Math.min(Math.max(m, 0), this.last));
  }

  next(time) {
    if (!this.playing) return;
    const end = this.frames.length - 1;
    this.frame += (this.way * Math.max(0, time - this.before) * this.fps) / 1000;
    this.before = time;
    const over = this.way > 0 ? this.frame >= end : this.frame <= 0;
    if (over && this.loop === "boomerang") this.way = -this.way;
    else if (over && this.loop === "fade") this.frame = 0;
    else if (over) {
      this.stop(this.last);
      return;
    }
    const frame = Math.min(Math.max(this.frame, 0), end);
    const before = Math.min(Math.floor(frame), Math.max(end - 1, 0));
    const [one, other] = [this.frames[before], this.frames[Math.min(before + 1, end)]];
    this.go(this.film.momentAt(one + (frame - before) * (other - one)));
    requestAnimationFrame((later) => this.next(later));
  }

  go(m) {
    this.m = m;
    const position = this.film.positionAt(m);
    this.slider.value = String(m);
    this.tell(position);
    this.show({ m, position });
  }

  tell(position) {
    const { words } = this.data;
    const iteration = Math.floor(position + 1e-6);
    const { points, known, converged, left } = this.film.counts(this.film.runs, position);
    this.output.innerHTML = "";
    const line = (name, now, of) => element("div", {}, `${name} `, element("b", {}, String(now)), of === null ? "" : ` / ${of}`);
    this.output.append(line(words.clock, iteration, this.film.steps));
    if (points > 1 && known) this.output.append(line(words.converged, converged, known));
    if (points === 1) this.output.append(line(words.f, told(this.film.runs[0].value(0, this.m), words.none), null));
    if (left && points > 1) this.output.append(line(words.left_the_view, left, null));
    this.slider.setAttribute("aria-valuetext", `${words.clock} ${iteration}`);
  }

  looks() {
    this.button.innerHTML = symbol(this.playing ? "pause" : "play");
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }
}
