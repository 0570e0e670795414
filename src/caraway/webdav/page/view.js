
"use strict";
// Helps reading: times of the reader's zone, other orders, a filter. All rows are there without it.

const SLICE = 1000;
const FILTER_FROM = 15;
const collator = new Intl.Collator(undefined, { numeric: true });
const shortTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const longTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

// The order that was asked for; none is the server's.
const order = { column: null, descending: false };
// What is done to the list, and to each of its rows, when it comes; change.js adds to both.
const beforeDressing = [];
const dressers = [showTime];

const listing = () => document.querySelector("main");
const allRows = () => Array.from(document.querySelectorAll("tbody tr"));

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function showTime(row) {
  const time = row.querySelector("time");
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.getTime())) {
    time.textContent = shortTime.format(moment);
    time.title = longTime.format(moment);
  }
}

// A long list is dressed in slices, so that the page can be used meanwhile.
function dress() {
  const main = listing();
  const rows = allRows();
  beforeDressing.forEach((each) => each());
  if (rows.length) {
    main.querySelector("th.time").textContent = "Changed";
    addSorting(main);
    if (order.column) sort();
  }
  if (rows.length >= FILTER_FROM) addFilter(main);
  const next = (start) => {
    for (const row of rows.slice(start, start + SLICE)) dressers.forEach((dresser) => dresser(row));
    if (start + SLICE < rows.length && main.isConnected) setTimeout(next, 0, start + SLICE);
  };
  next(0);
}

function addSorting(main) {
  for (const column of ["name", "size", "time"]) {
    const heading = main.querySelector(`th.${column}`);
    const button = element("button", { type: "button" }, heading.textContent);
    button.addEventListener("click", () => {
      order.descending = order.column === column && !order.descending;
      order.column = column;
      sort();
    });
    heading.replaceChildren(button);
  }
}

const keys = {
  name: (row) => row.querySelector("bdi").textContent,
  size: (row) => Number(row.querySelector("data")?.value ?? -1),
  time: (row) => row.querySelector("time").dateTime,
};

function sort() {
  const key = keys[order.column];
  const decorated = allRows().map((row) => ({
    row,
    key: key(row),
    name: keys.name(row),
    rank: row.classList.contains("folder") ? 0 : 1,
  }));
  const sign = order.descending ? -1 : 1;
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  decorated.sort(
    (a, b) =>
      a.rank - b.rank ||
      (order.column === "name" ? 0 : sign * compare(a.key, b.key)) ||
      (order.column === "name" ? sign : 1) * collator.compare(a.name, b.name),
  );
  const body = document.querySelector("tbody");
  for (const { row } of decorated) body.append(row);
  for (const heading of document.querySelectorAll("th")) {
    if (heading.classList.contains(order.column)) {
      heading.ariaSort = order.descending ? "descending" : "ascending";
    } else {
      heading.ariaSort = null;
    }
  }
}

let filterText = "";

function addFilter(main) {
  const field = element("input", { type: "search", placeholder: "Filter", value: filterText });
  field.ariaLabel = "Show only names that contain";
  field.addEventListener("input", () => {
    filterText = field.value;
    filter();
  });
  main.querySelector(".bar").append(field);
  filter();
}

function filter() {
  const wanted = filterText.toLowerCase();
  for (const row of allRows()) row.hidden = !keys.name(row).toLowerCase().includes(wanted);
}

document.addEventListener("DOMContentLoaded", dress);
