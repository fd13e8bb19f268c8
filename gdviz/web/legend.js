// What colours mean, with a button for each run or minimum that hides its points; in a race, the runs' numbers.

/** An element with children, texts among them, and properties. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(properties).forEach(([key, value]) => {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  });
  made.append(...children);
  return made;
}

class Legend {
  constructor(data, film, changed) {
    Object.assign(this, { data, film, changed });
    this.element = element("div", { className: "legend" });
    if (film.race) this.element.append(this.runs());
    if (data.legend.rows.length) this.element.append(this.rows());
    if (data.legend.bar) this.element.append(this.bar());
  }

  /** A row's button, which hides and shows what `hidden` says. */
  toggle(row, color, text, numbers, hidden) {
    const swatch = element("i", { style: `--swatch:${color}` });
    const button = element("button", { type: "button", "aria-pressed": "true", title: "Hide or show" }, swatch, text);
    button.addEventListener("click", () => {
      const hide = !numbers.every((each) => hidden.has(each));
      numbers.forEach((each) => (hide ? hidden.add(each) : hidden.delete(each)));
      row.classList.toggle("hidden", hide);
      button.setAttribute("aria-pressed", String(!hide));
      this.changed();
    });
    return button;
  }

  runs() {
    const { words } = this.data;
    const { runs } = this.film;
    const known = runs.some((run) => run.rate !== null);
    const rates = known && runs.some((run) => run.rate === null || !run.label.includes(run.rate));
    this.ends = !this.film.racers || runs.some((run) => this.standing(run, this.film.steps));
    const cells = (name, texts) => texts.map((text) => element(name, {}, text));
    const some = !this.film.racers || runs.some((run) => run.status[0] === CONVERGED); // or the column has no name
    const [f, ends] = [this.film.racers ? [words.f] : [], this.ends ? [some ? words.converged : ""] : []];
    const heads = ["", ...(rates ? [words.learning_rate] : []), ...f, ...ends];
    const body = element("tbody");
    this.numbers = this.film.runs.map((run, r) => {
      const row = element("tr");
      row.append(element("td", {}, this.toggle(row, run.color, run.label, [r], this.film.hiddenRuns)));
      if (rates) row.append(element("td", { className: "quiet" }, run.rate === null ? "\u2013" : run.rate));
      const last = [...(this.film.racers ? [element("td")] : []), ...(this.ends ? [element("td")] : [])];
      row.append(...last);
      body.append(row);
      return last;
    });
    return element("table", {}, element("thead", {}, element("tr", {}, ...cells("th", heads))), body);
  }

  rows() {
    const body = element("tbody");
    this.data.legend.rows.forEach(({ color, cells: [name, ...others], basins }) => {
      const row = element("tr");
      const plain = color ? [element("i", { style: `--swatch:${color}` }), name] : [name];
      const first = basins && color ? [this.toggle(row, color, name, basins, this.film.hiddenBasins)] : plain;
      row.append(element("td", {}, ...first), ...others.map((text) => element("td", { className: "quiet" }, text)));
      body.append(row);
    });
    return element("table", {}, body);
  }

  bar() {
    const { name, image, texts } = this.data.legend.bar;
    const caption = element("figcaption", {}, name);
    const picture = element("img", { src: image, alt: name });
    const between = texts.length ? `${texts[0]} \u2013 ${texts[texts.length - 1]}` : "";
    return element("figure", {}, picture, caption, element("span", { className: "quiet" }, between));
  }

  /** Write a moment's numbers. */
  draw({ position, m }) {
    if (!this.film.race) return;
    this.film.runs.forEach((run, r) => {
      const cells = this.numbers[r];
      if (!this.film.racers) {
        const { converged, points } = this.film.counts([run], position);
        cells[0].textContent = `${converged} / ${points}`;
        return;
      }
      const word = this.standing(run, position);
      const ends = word && !run.recorded && run.status[0] !== CONVERGED;
      cells[0].textContent = ends ? "" : told(run.value(0, m), this.data.words.none);
      if (this.ends) cells[1].textContent = word;
    });
  }

  /** What became of a run's only point: when it converged, or a word; nothing if it goes on. */
  standing(run, position) {
    const rests = run.rests(0, position);
    if (rests && run.status[0] === DIVERGED) return this.data.status[DIVERGED];
    if (position >= run.leaves) return this.data.words.left_the_view;
    if (run.recorded) return run.recorded;
    if (!rests) return "";
    return run.status[0] === CONVERGED ? String(run.iterations[0]) : this.data.status[run.status[0]];
  }
}
