// Puts the page together.

const STACKED = 760; // pixels: in a narrower page everything stands below each other

class Page {
  constructor(data) {
    this.data = data;
    this.film = new Film(data);
    this.ground = data.ground && new Ground(data.ground, data.extent);
    this.steps = data.arrows && new Arrows(data.arrows, this.film, data.ground.half);
    this.main = document.getElementById("views");
    this.tip = document.getElementById("tip");
    this.legend = new Legend(data, this.film, () => this.show(this.now, true));
    const alone = data.views[0].kind === "surface" ? "over" : "";
    const aside = element("aside", { className: data.views.length > 1 ? "panels" : alone });
    this.views = data.views.map((view, number) => this.view(view, number ? aside : this.main, number));
    if (this.legend.element.children.length) aside.prepend(this.legend.element);
    if (aside.children.length) this.main.append(aside);
    this.now = { m: 0, position: 0 };
  }

  view(view, parent, number) {
    const plot = element("div", { className: "plot" });
    const names = { surface: "Landscape", map: "Map", curve: "Curve", loss: "Loss", slices: "Slices" };
    const section = element("section", { className: number ? "view" : "view main", "aria-label": names[view.kind] }, plot);
    parent.append(section);
    const Kind = view.kind === "surface" ? Surface : Flat;
    return new Kind(plot, view, this.film, this.ground, this.data.theme, this.steps);
  }

  async start() {
    this.arrange();
    for (const view of this.views) {
      await view.start();
      view.listen((what) => this.tellOf(what));
    }
    this.player = new Player(this.data, this.film, (now) => this.show(now));
    this.show(this.now, true);
    this.player.go(0);
    ["play", "moment", "told"].forEach((id) => { document.getElementById(id).hidden = !this.film.steps; });
    this.resets();
    ["pointermove", "pointerdown"].forEach((kind) => document.addEventListener(kind, (event) => this.moveTip(event)));
    this.size = this.measured;
    new ResizeObserver(() => this.resized()).observe(this.main);
    window.addEventListener("resize", () => this.resized());
  }

  /** Have a button, and R, turn landscapes back to the first view. */
  resets() {
    const reset = document.getElementById("reset");
    const surfaces = this.views.filter((view) => view instanceof Surface);
    const back = () => surfaces.forEach((view) => view.reset());
    reset.innerHTML = symbol("reset");
    reset.hidden = !surfaces.length;
    reset.addEventListener("click", back);
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey && !event.altKey) back();
    });
  }

  show(now, changed = false) {
    this.now = now;
    this.views.forEach((view) => view.draw(now, changed));
    this.legend.draw(now);
    this.told();
  }

  /** Set how wide the views are: the description's proportions where there is room, and below each other where not. */
  arrange() {
    const [width, height] = this.data.size;
    const free = window.innerHeight - (document.body.scrollHeight - this.main.offsetHeight);
    const most = Math.max((free * width) / height, STACKED);
    const tall = height > width && this.views.length > 1; // in a tall film panels are below the main view, too
    const stacked = tall || document.documentElement.clientWidth < STACKED;
    this.main.classList.toggle("stacked", stacked);
    this.main.style.maxWidth = `${Math.round(stacked ? STACKED : most)}px`;
  }

  get measured() {
    return this.views.map((view) => `${view.element.clientWidth} ${view.element.clientHeight}`).join();
  }

  resized() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      this.arrange();
      if (this.measured === this.size) return;
      this.size = this.measured;
      for (const view of this.views) await view.resize();
      this.show(this.now, true);
    }, 60);
  }

  tellOf(what) {
    this.what = what;
    this.told();
  }

  /** Write what is under the pointer as it is now. */
  told() {
    const { what, film, data, tip } = this;
    tip.hidden = !what;
    if (!what) return;
    const { names, words } = data;
    const lines = [];
    const row = (name, number, bound = "") => {
      lines.push(element("div", {}, element("span", {}, `${name} `), bound + told(number, words.none)));
    };
    const axes = ["x", "y"].slice(0, film.dimension);
    if (what.place) {
      axes.forEach((axis, k) => row(names[axis], what.place[k]));
      const [, , z] = this.ground.drape(...what.place);
      if (!Number.isFinite(z)) tip.hidden = true;
      row(names.f, this.ground.valueAt(z), this.ground.boundAt(z));
    } else {
      const run = film.runs[what.r];
      const point = run.count > 1 ? ` \u00b7 ${what.i + 1} / ${run.count}` : "";
      lines.push(element("b", {}, run.label + point));
      film.place(run, what.i, this.now.m).forEach((number, k) => row(names[axes[k]], number));
      row(names.f, run.value(what.i, this.now.m));
      lines.push(element("div", {}, element("span", {}, `${words.clock} `), String(Math.floor(this.now.position + 1e-6))));
      const ended = run.rests(what.i, this.now.position) && data.status[run.status[what.i]];
      const word = run.recorded || (ended && `${ended} (${run.iterations[what.i]})`);
      if (word) lines.push(element("div", {}, element("span", {}, word)));
    }
    tip.replaceChildren(...lines);
  }

  moveTip(event) {
    const { width, height } = this.tip.getBoundingClientRect();
    const [x, y] = [event.clientX + 16, event.clientY + 14];
    this.tip.style.left = `${Math.max(4, x + width > window.innerWidth ? event.clientX - width - 12 : x)}px`;
    this.tip.style.top = `${Math.max(4, y + height > window.innerHeight ? event.clientY - height - 12 : y)}px`;
  }
}

function problem(text) {
  const told = document.getElementById("problem");
  told.textContent = text;
  told.hidden = false;
}

const data = JSON.parse(document.getElementById("data").textContent);
if (typeof Plotly === "undefined") {
  problem("This page needs plotly.js, which could not be loaded: is there a connection to the network?");
} else {
  const page = new Page(data);
  window.gdviz = page;
  page.ready = page.start().then(() => { document.documentElement.dataset.ready = "true"; });
  page.ready.catch((error) => {
    problem(`This page cannot be drawn in this browser: ${error.message || error}`);
    throw error;
  });
}
