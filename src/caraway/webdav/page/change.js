
"use strict";
// Changes what is in the folder: upload, new folder, rename, delete. All by the methods of WebDAV,
// to addresses as the server wrote them, so that any name works, even one that is no text.

const at = (id) => document.getElementById(id);
const here = location.pathname;
const quoted = (name) => `“${name}”`;

// In place of a status: the server can be reached, so it is the file that cannot be read.
const UNREADABLE = -1;

// What went wrong, in words for people.
class Problem extends Error {
  constructor(status, reason = "") {
    super(explain(status, reason));
    this.status = status;
  }
}

function explain(status, reason) {
  switch (status) {
    case UNREADABLE:
      return "It could not be sent. See that the file is still there and can be read.";
    case 0:
      return "The server could not be reached. See that it is running, then try again.";
    case 401:
      return "You are no longer signed in. Reload this page and sign in again.";
    case 403:
      return "That is not allowed here. Ask whoever shares this folder.";
    case 404:
    case 410:
      return "It is no longer there. Somebody else may have moved or deleted it.";
    case 409:
      return "The folder it belongs to is no longer there. Go up and look for it.";
    case 405:
    case 412:
      return "Something of that name is there already. Choose another name.";
    case 413:
      return "It is larger than this server takes.";
    case 414:
      return "The name is too long. Choose a shorter one.";
    case 423:
      return "Another program has locked it. Close it there, then try again.";
    case 429:
    case 503:
      return "The server is busy. Wait a little, then try again.";
    case 507:
      return "The disk is full. Delete something, then try again.";
    default:
      return `The server answered with an error (${status}${reason ? `: ${reason}` : ""}).`;
  }
}

async function send(method, address, headers = {}) {
  let response;
  try {
    response = await fetch(address, { method, headers, mode: "same-origin", cache: "no-store" });
  } catch {
    throw new Problem(0);
  }
  if (!response.ok) {
    const text = await response.text().catch(() => "");
    throw new Problem(response.status, text.trim().split("\n")[0].slice(0, 200));
  }
  return response.status;
}

// Names

function segment(name) {
  // A lone surrogate cannot be encoded; the same letter is sent that the page would show.
  return encodeURIComponent(name.toWellFormed ? name.toWellFormed() : name);
}

function flaw(name) {
  if (!name.trim()) return "A name is needed.";
  if (name === "." || name === "..") return `${quoted(name)} cannot be a name.`;
  if (/[/\0]/.test(name)) return "A name cannot contain a slash.";
  if (new TextEncoder().encode(name).length > 255) return "The name is too long.";
  return "";
}

const linkOf = (row) => row.querySelector("td.name a");
const addressOf = (row) => new URL(linkOf(row).getAttribute("href"), location.href).pathname;
const keyOf = (row) => normal(addressOf(row).replace(/\/$/, ""));
const isFolder = (row) => row.classList.contains("folder");

// The same address however it was escaped.
function normal(address) {
  return address.replace(/%[0-9a-f]{2}|[^%]/gi, (part) => {
    if (part.length > 1) return part.toUpperCase();
    return /[A-Za-z0-9/]/.test(part)
      ? part
      : `%${part.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

const addressesHere = () => new Set(allRows().map(keyOf));

// The list, brought up to date without loading the page again

function refresh(fresh = new Set()) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", here);
    request.responseType = "document";
    request.onload = () => {
      const main = request.response?.querySelector("main");
      if (request.status !== 200 || !main) {
        reject(new Problem(request.status));
        return;
      }
      const top = scrollY;
      listing().replaceWith(document.adoptNode(main));
      dress();
      scrollTo(scrollX, top);
      const wanted = new Set(Array.from(fresh, normal));
      for (const row of wanted.size ? allRows() : []) {
        if (wanted.has(keyOf(row))) {
          row.classList.add("fresh");
          if (document.activeElement === document.body) linkOf(row).focus({ preventScroll: true });
        }
      }
      if (document.activeElement === document.body) listing().focus({ preventScroll: true });
      resolve();
    };
    request.onerror = () => reject(new Problem(0));
    request.send();
  });
}

// Messages

function complain(...lines) {
  at("notice-text").replaceChildren(...lines.map((line) => element("p", {}, line)));
  at("notice").hidden = false;
}

function tell(text) {
  at("status").textContent = text;
}

// One question at a time: an upload may have one while another is being answered.
let asking = Promise.resolve();

function ask(question) {
  const answer = asking.then(() => show(question));
  asking = answer.catch(() => {});
  return answer;
}

// Resolves to the value of a button, "" when it was put away, with the name and the tick.
function show({ title, text = "", name = null, selected = null, same = false, buttons }) {
  const dialog = at("ask");
  const field = at("ask-name");
  at("ask-title").textContent = title;
  at("ask-text").textContent = text;
  at("ask-field").hidden = name === null;
  field.disabled = name === null;
  field.value = name ?? "";
  at("ask-same").hidden = !same;
  at("ask-all").checked = false;
  const check = () => field.setCustomValidity(name === null ? "" : flaw(field.value));
  field.oninput = check;
  check();
  at("ask-buttons").replaceChildren(
    ...buttons.map(([value, label, look]) => element("button", { value, className: look }, label)),
    element("button", { value: "", formNoValidate: true }, "Cancel"),
  );
  dialog.returnValue = "";
  dialog.showModal();
  if (name === null) {
    at("ask-buttons").lastChild.focus();
  } else {
    field.focus();
    field.setSelectionRange(0, selected ?? name.length);
  }
  return new Promise((resolve) => {
    const close = () =>
      resolve({ choice: dialog.returnValue, name: field.value, all: at("ask-all").checked });
    dialog.addEventListener("close", close, { once: true });
  });
}

// Does something to the share and shows what became of it.
async function attempt(what, change) {
  at("notice").hidden = true;
  try {
    await refresh((await change()) ?? undefined);
    tell(what);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    complain(`${what} did not work. ${problem.message}`);
    if (problem.status) await refresh().catch(() => {});
  }
}

async function newFolder() {
  const button = [["make", "Create", "main"]];
  const { choice, name } = await ask({ title: "New folder", name: "", buttons: button });
  if (choice !== "make") return;
  await attempt(`Creating the folder ${quoted(name)}`, async () => {
    await send("MKCOL", `${here}${segment(name)}/`);
    return new Set([here + segment(name)]);
  });
}

async function rename(row) {
  const old = linkOf(row).textContent;
  const dot = old.lastIndexOf(".");
  const { choice, name } = await ask({
    title: `Rename ${quoted(old)}`,
    name: old,
    selected: dot > 0 && !isFolder(row) ? dot : old.length,
    buttons: [["rename", "Rename", "main"]],
  });
  if (choice !== "rename" || name === old) return;
  const slash = isFolder(row) ? "/" : "";
  await attempt(`Renaming ${quoted(old)} to ${quoted(name)}`, async () => {
    const headers = { Destination: here + segment(name) + slash, Overwrite: "F" };
    if ((await send("MOVE", addressOf(row), headers)) === 207) throw new Problem(207, "in part");
    return new Set([here + segment(name)]);
  });
}

async function remove(row) {
  const name = linkOf(row).textContent;
  const { choice } = await ask({
    title: `Delete ${quoted(name)}?`,
    text: isFolder(row)
      ? "The folder and everything in it will be gone. This cannot be undone."
      : "The file will be gone. This cannot be undone.",
    buttons: [["delete", "Delete", "bad"]],
  });
  if (choice !== "delete") return;
  await attempt(`Deleting ${quoted(name)}`, async () => {
    if ((await send("DELETE", addressOf(row))) === 207) {
      throw new Problem(207, "some of what is in it is locked or protected, and was kept");
    }
  });
}

function addActions(row) {
  const name = linkOf(row).textContent;
  const button = (label, action) => {
    const made = element("button", { type: "button", className: action.name }, label);
    made.ariaLabel = `${label} ${name}`;
    made.addEventListener("click", () => action(row));
    return made;
  };
  const cell = element("td", { className: "do" });
  cell.append(button("Rename", rename), button("Delete", remove));
  row.append(cell);
}

function prepareListing() {
  const heading = listing().querySelector("thead tr");
  heading?.append(element("th", { className: "do", scope: "col", ariaLabel: "Actions" }));
  const hint = element("p", {}, "Drop files here, or upload them with the button above.");
  listing().querySelector(".empty")?.append(hint);
}

dressers.push(addActions);
beforeDressing.push(prepareListing);

at("tools").hidden = false;
at("new-folder").addEventListener("click", newFolder);
at("notice-close").addEventListener("click", () => {
  at("notice").hidden = true;
});
