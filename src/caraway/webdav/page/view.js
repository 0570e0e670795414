
"use strict";
// Helps reading: times of the reader's zone, other orders, a filter. All rows are there without it.

const GROUP = 250;
const ROW_PX = 41;
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
  watch();
}

// Rows are dressed when their group is about to be seen: all at once would stop a long list.
const dressed = new WeakSet();
const observer = new IntersectionObserver(
  (changes) => {
    for (const { isIntersecting, target } of changes) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      dressGroup(target);
    }
  },
  { rootMargin: "1000px" },
);

function dressGroup(group) {
  for (const row of group.rows) {
    if (dressed.has(row)) continue;
    dressed.add(row);
    dressers.forEach((dresser) => dresser(row));
  }
}

function watch() {
  observer.disconnect();
  document.querySelectorAll("tbody").forEach((group, index) => {
    // The first is seen at once.
    if (index === 0) dressGroup(group);
    else observer.observe(group);
  });
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
  regroup(decorated.map((each) => each.row));
  for (const heading of document.querySelectorAll("th")) {
    if (heading.classList.contains(order.column)) {
      heading.ariaSort = order.descending ? "descending" : "ascending";
    } else {
      heading.ariaSort = null;
    }
  }
}

function regroup(rows) {
  const table = document.querySelector("table");
  const size = table.classList.contains("large") ? GROUP : rows.length;
  const groups = [];
  for (let start = 0; start < rows.length; start += size) {
    const group = document.createElement("tbody");
    for (const row of rows.slice(start, start + size)) group.append(row);
    fit(group);
    groups.push(group);
  }
  for (const group of Array.from(table.tBodies)) group.remove();
  for (const group of groups) table.append(group);
  watch();
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
  for (const group of document.querySelectorAll("tbody")) {
    for (const row of group.rows) row.hidden = !keys.name(row).toLowerCase().includes(wanted);
    fit(group);
  }
}

// Tells how high a group is that has not been laid out: what the filter leaves of it.
function fit(group) {
  const count = Array.from(group.rows).filter((row) => !row.hidden).length;
  group.hidden = count === 0;
  group.style.containIntrinsicBlockSize = `${count * ROW_PX}px`;
}

document.addEventListener("DOMContentLoaded", dress);
