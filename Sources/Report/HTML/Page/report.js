// Script of report.html: sorting, filtering, thumbnails, the page of an image.
// Names and texts come from files of the user: they are only ever set as text, never as HTML.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("table-data").textContent);
  const body = byId("table").tBodies[0];
  const rows = [...body.rows];
  const heads = [...byId("table").querySelectorAll("th[data-key]")];
  const numberOf = new Map(data.rows.map((row, number) => [row.name, number]));
  let order = rows.map((_, number) => number);

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };

  // ---------------------------------------------------------------- Pictures

  const entryOf = (number) => JSON.parse(byId("image-" + number).textContent);

  const imageElement = (picture, alt) => {
    const image = element("img", { alt, decoding: "async" });
    image.src = "data:image/png;base64," + picture.png;
    return image;
  };

  const fillThumbnails = (row) => {
    const number = rows.indexOf(row);
    if (number < 0 || row.dataset.filled) return;
    row.dataset.filled = "yes";
    const pictures = entryOf(number).pictures;
    row.querySelectorAll("td.thumb").forEach((cell, place) => {
      const title = ["mean", "std"][place];
      const picture = pictures.find((one) => one.title === title && one.png);
      if (picture) cell.replaceChildren(imageElement(picture, title + " of " + data.rows[number].name));
    });
  };

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      fillThumbnails(entry.target);
    }
  }, { rootMargin: "400px" });
  rows.forEach((row) => watcher.observe(row));
  addEventListener("beforeprint", () => shown().forEach((number) => fillThumbnails(rows[number])));

  // ---------------------------------------------------------------- Sorting

  const collator = new Intl.Collator("en", { numeric: true });

  const comparison = (key, direction) => (a, b) => {
    if (key === "name") return direction * collator.compare(data.rows[a].name, data.rows[b].name);
    const [one, other] = [data.rows[a].values[key], data.rows[b].values[key]];
    // What is not known stays at the end either way.
    if (one === null || other === null) return (one === null) - (other === null);
    return direction * (one - other);
  };

  const sortBy = (head) => {
    const isAscending = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", isAscending ? "descending" : "ascending");
    const key = head.dataset.key === "name" ? "name" : Number(head.dataset.key);
    order = rows.map((_, number) => number).sort(comparison(key, isAscending ? -1 : 1));
    body.replaceChildren(...order.map((number) => rows[number]));
    keepOneTabStop();
  };
  heads.forEach((head) => {
    head.querySelector("button").addEventListener("click", () => sortBy(head));
  });

  // ---------------------------------------------------------------- Filtering

  const query = byId("query");
  const onlyFailed = byId("only-failed");
  const onlyDisagreeing = byId("only-disagreeing");
  const shown = () => order.filter((number) => !rows[number].hidden);

  const filter = () => {
    const text = query.value.trim().toLowerCase();
    data.rows.forEach((row, number) => {
      rows[number].hidden =
        !row.name.toLowerCase().includes(text)
        || (onlyFailed.checked && !row.failed)
        || (onlyDisagreeing.checked && !row.disagreement);
    });
    const count = shown().length;
    byId("count").textContent = count === rows.length
      ? count + (count === 1 ? " image" : " images") : count + " of " + rows.length + " images";
    keepOneTabStop();
  };
  byId("filter").addEventListener("input", filter);
  byId("filter").addEventListener("submit", (event) => event.preventDefault());

  // ---------------------------------------------------------------- Rows by keyboard

  // One row is reached with Tab, the others from there with the arrow keys.
  const keepOneTabStop = (chosen) => {
    const stop = chosen ?? shown()[0];
    rows.forEach((row, number) => { row.tabIndex = number === stop ? 0 : -1; });
  };

  const moves = {
    ArrowDown: (place) => place + 1, ArrowUp: (place) => place - 1,
    PageDown: (place) => place + 10, PageUp: (place) => place - 10,
    Home: () => 0, End: () => Infinity,
  };

  body.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const number = rows.indexOf(event.target);
    if (number < 0) return;
    if (event.key === "Enter") {
      event.preventDefault();
      open(number);
    } else if (moves[event.key]) {
      event.preventDefault();
      const visible = shown();
      const place = moves[event.key](visible.indexOf(number));
      const next = visible[Math.max(0, Math.min(visible.length - 1, place))];
      keepOneTabStop(next);
      rows[next].focus();
    }
  });

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    const isLink = event.target.closest("a");
    if (row && !isLink && getSelection().isCollapsed) open(rows.indexOf(row));
  });

  // ---------------------------------------------------------------- The page of an image

  const run = byId("run");
  const page = byId("page");
  const runTitle = document.title;
  let current = null;
  let cameFromTable = false;
  let scrolled = 0;

  const addressOf = (number) => "#image=" + encodeURIComponent(data.rows[number].name);
  const open = (number) => { location.hash = addressOf(number); };

  const close = () => {
    if (cameFromTable) history.back();
    else location.hash = "#images";
  };

  const neighbourOf = (number, step) => {
    const visible = shown();
    const place = visible.indexOf(number);
    return place < 0 ? undefined : visible[place + step];
  };

  // Walking from image to image adds nothing to the history, so that one step back is the table.
  const walk = (step) => {
    const next = neighbourOf(current, step);
    if (next === undefined) return;
    history.replaceState(null, "", addressOf(next));
    show(next);
  };

  const button = (label, action, isOn = true) => {
    const made = element("button", { type: "button" }, label);
    made.disabled = !isOn;
    made.addEventListener("click", action);
    return made;
  };

  const factsOf = (row) => element("dl", { class: "facts" }, ...data.columns.flatMap((column, place) => {
    const cell = rows[numberOf.get(row.name)].querySelectorAll("td.number")[place];
    return row.values[place] === null ? [] : [
      element("div", {}, element("dt", { title: column.meaning }, column.title),
        element("dd", {}, cell.textContent)),
    ];
  }));

  // Small pictures are enlarged by a whole factor, so that each value stays a square.
  const pictureElement = (picture, name) => {
    const [width, height] = picture.size;
    const factor = Math.max(1, Math.floor(224 / Math.max(width, height)));
    const links = [["picture", picture.file], ["array", picture.array]].filter(([, file]) => file)
      .flatMap(([label, file]) => [" ", element("a", { href: file }, label)]);
    const caption = element("figcaption", {}, picture.title,
      element("span", { class: "files" }, ...links));
    if (!picture.png) {
      return element("figure", {},
        element("div", { class: "left-out" }, "not in this file, to keep it small"), caption);
    }
    const image = imageElement(picture, picture.title + " of " + name);
    image.width = width * factor;
    image.height = height * factor;
    return element("figure", {}, image, caption);
  };

  const scaleElement = (kinds) => element("p", { class: "scales" }, ...kinds.map((kind) =>
    element("span", { class: "scale" },
      { picture: "pictures", std: "std and errors", width: "widths" }[kind],
      element("span", { class: "bar " + (kind === "picture" ? "grey" : "viridis") }),
      data.limits[kind])));

  const groupsOf = (pictures, name) => {
    const groups = Map.groupBy
      ? Map.groupBy(pictures, (picture) => picture.group)
      : pictures.reduce((map, picture) =>
        map.set(picture.group, [...(map.get(picture.group) ?? []), picture]), new Map());
    return [...groups].map(([title, members]) => element("section", {}, element("h2", {}, title),
      element("div", { class: "pictures" }, ...members.map((one) => pictureElement(one, name))),
      scaleElement([...new Set(members.map((one) => one.kind))])));
  };

  const figuresOf = (number) => {
    const template = byId("figures-" + number);
    return template
      ? [element("h2", {}, "Figures"),
        element("div", { class: "plots" }, template.content.cloneNode(true))]
      : [];
  };

  const show = (number) => {
    const [row, entry] = [data.rows[number], entryOf(number)];
    const title = element("h1", { tabindex: "-1" }, element("bdi", {}, row.name));
    const warnings = [
      ...(row.disagreement ? [row.disagreement] : []),
      ...(entry.failed ?? []).map((text) => "Failed and left out: " + text),
    ];
    page.replaceChildren(
      element("div", { class: "buttons" },
        button("← All images (Esc)", close),
        button("Previous (←)", () => walk(-1), neighbourOf(number, -1) !== undefined),
        button("Next (→)", () => walk(1), neighbourOf(number, 1) !== undefined)),
      title,
      ...warnings.map((text) => element("p", {}, element("span", { class: "mark" }, text))),
      factsOf(row), ...groupsOf(entry.pictures, row.name), ...figuresOf(number));
    current = number;
    document.title = row.name + " – " + runTitle;
    run.hidden = true;
    page.hidden = false;
    scrollTo(0, 0);
    title.focus({ preventScroll: true });
  };

  const showRun = () => {
    page.hidden = true;
    page.replaceChildren();
    run.hidden = false;
    document.title = runTitle;
    if (current === null) return;
    const row = rows[current];
    if (!row.hidden) keepOneTabStop(current);
    current = null;
    scrollTo(0, scrolled);
    row.focus();
  };

  const nameInAddress = () => {
    if (!location.hash.startsWith("#image=")) return undefined;
    try {
      return decodeURIComponent(location.hash.slice("#image=".length));
    } catch {
      return undefined;
    }
  };

  const follow = (event) => {
    const number = numberOf.get(nameInAddress());
    if (number === undefined) return showRun();
    if (current === null) {
      cameFromTable = event !== undefined;
      scrolled = lastScroll;
    }
    show(number);
  };

  // The browser may scroll before it tells of a new address, so the place is noted while scrolling.
  let lastScroll = 0;
  addEventListener("scroll", () => { if (current === null) lastScroll = scrollY; }, { passive: true });
  addEventListener("hashchange", follow);

  document.addEventListener("keydown", (event) => {
    if (current === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowLeft") walk(-1);
    else if (event.key === "ArrowRight") walk(1);
  });

  filter();
  follow();
})();
