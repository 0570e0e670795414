
"use strict";
// Uploads files and folders, one after the other; asks before it replaces anything.

const WINDOW_MS = 3000;
const REDRAW_MS = 200;

// What waits: {path, file}, or {path} for a folder. The path is a list of names from here.
const waiting = [];
let sending = null;

class Stopped extends Error {}

async function upload(items) {
  waiting.push(...items);
  if (sending) {
    sending.add(items);
    return;
  }
  if (!waiting.length) return;
  sending = new Progress(items);
  at("notice").hidden = true;
  const failures = [];
  const fresh = new Set();
  const run = { choice: "", folders: new Set(), taken: addressesHere(), fresh };
  let count = 0;
  for (let item; (item = waiting.shift()); ) {
    try {
      sending.begin(item);
      if (await store(item, run)) count += item.file ? 1 : 0;
    } catch (error) {
      if (error instanceof Stopped) {
        waiting.length = 0;
        break;
      }
      failures.push(`${quoted(item.path.join("/"))} was not uploaded. ${error.message}`);
      if ([0, 401, 507].includes(error.status)) {
        // What hinders this one hinders the rest.
        if (waiting.length) failures.push(`${waiting.length} more were not tried.`);
        waiting.length = 0;
      }
    }
    sending.end(item);
  }
  sending.close();
  sending = null;
  await refresh(fresh).catch((problem) => failures.push(problem.message));
  if (failures.length > 6) failures.splice(5, Infinity, `And ${failures.length - 5} more.`);
  if (failures.length) complain(...failures);
  tell(count === 1 ? "1 file was uploaded." : `${count} files were uploaded.`);
}

async function store({ path, file }, run) {
  await makeFolders(file ? path.slice(0, -1) : path, run);
  if (path.length > 1 || !file) run.fresh.add(here + segment(path[0]));
  if (!file) return true;
  const address = here + path.map(segment).join("/");
  const isKnown = path.length === 1 && run.taken.has(normal(address));
  if (!isKnown && (await put(address, file, { "If-None-Match": "*" }))) {
    if (path.length === 1) run.fresh.add(address);
    return true;
  }
  const choice = run.choice || (await askConflict(path, run));
  if (choice === "replace") {
    await put(address, file, {});
    if (path.length === 1) run.fresh.add(address);
    return true;
  }
  if (choice === "both") {
    for (let number = 2; ; number += 1) {
      const other = here + [...path.slice(0, -1), numbered(path.at(-1), number)].map(segment).join("/");
      if (await put(other, file, { "If-None-Match": "*" })) {
        if (path.length === 1) run.fresh.add(other);
        return true;
      }
    }
  }
  return false;
}

async function askConflict(path, run) {
  const { choice, all } = await ask({
    title: `${quoted(path.join("/"))} is there already`,
    text: "Replacing it cannot be undone.",
    same: waiting.length > 0,
    buttons: [
      ["both", "Keep both", "main"],
      ["replace", "Replace", ""],
      ["skip", "Skip", ""],
    ],
  });
  if (!choice) throw new Stopped();
  if (all) run.choice = choice;
  return choice;
}

function numbered(name, number) {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)} (${number})${name.slice(dot)}` : `${name} (${number})`;
}

async function makeFolders(path, run) {
  for (let depth = 1; depth <= path.length; depth += 1) {
    const address = `${here}${path.slice(0, depth).map(segment).join("/")}/`;
    if (run.folders.has(address)) continue;
    try {
      await send("MKCOL", address);
    } catch (problem) {
      // 405: it is there already, which is as good.
      if (problem.status !== 405) throw problem;
    }
    run.folders.add(address);
  }
}

// True when it is stored, false when something of that name is there.
function put(address, file, headers) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    // Any type will do: the server goes by the name.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-OC-Mtime", String(file.lastModified / 1000));
    request.upload.onprogress = (event) => sending.sent(event.loaded);
    request.onload = () => {
      if (request.status < 300) resolve(true);
      else if (request.status === 412) resolve(false);
      else reject(new Problem(request.status, request.statusText));
    };
    request.onabort = () => reject(new Stopped());
    // A browser tells the same of a server that is gone, of one that refused a body before its
    // end, and of a file that cannot be read: the server says which it is.
    request.onerror = () =>
      send("HEAD", address).then(
        () => (headers["If-None-Match"] ? resolve(false) : reject(new Problem(UNREADABLE))),
        ({ status }) => reject(new Problem(status === 404 ? UNREADABLE : status)),
      );
    sending.request = request;
    request.send(file);
  });
}

// The bar, the speed and the time that is left

class Progress {
  constructor(items) {
    this.total = 0;
    this.done = 0;
    this.current = 0;
    this.count = 0;
    this.number = 0;
    this.request = null;
    this.samples = [];
    this.drawn = -Infinity;
    this.add(items);
    at("transfer").hidden = false;
  }

  add(items) {
    for (const { file } of items) this.total += file?.size ?? 0;
    this.count += items.filter(({ file }) => file).length;
  }

  begin({ path, file }) {
    if (file) this.number += 1;
    this.current = 0;
    const which = this.count > 1 ? ` (${this.number} of ${this.count})` : "";
    at("transfer-name").textContent = `Uploading ${path.join("/")}${which}`;
    this.draw(true);
  }

  sent(bytes) {
    this.current = bytes;
    this.draw(false);
  }

  end({ file }) {
    this.done += file?.size ?? 0;
    this.current = 0;
    this.draw(false);
  }

  draw(always) {
    const now = performance.now();
    if (!always && now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    const bytes = this.done + this.current;
    this.samples.push([now, bytes]);
    while (now - this.samples[0][0] > WINDOW_MS && this.samples.length > 2) this.samples.shift();
    const [[since, from]] = this.samples;
    const speed = now > since ? ((bytes - from) / (now - since)) * 1000 : 0;
    at("transfer-bar").value = this.total ? bytes / this.total : this.number / (this.count || 1);
    const parts = [`${size(bytes)} of ${size(this.total)}`];
    if (speed > 0) {
      parts.push(`${size(speed)}/s`, `${duration((this.total - bytes) / speed)} left`);
    }
    at("transfer-speed").textContent = parts.join(" · ");
  }

  close() {
    at("transfer").hidden = true;
  }
}

function size(bytes) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit += 1) bytes /= 1024;
  return `${unit ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

function duration(seconds) {
  if (seconds < 1) return "1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

// Where files come from: the two buttons, and what is dropped

function fromInput(input) {
  const items = Array.from(input.files, (file) => ({
    path: (file.webkitRelativePath || file.name).split("/"),
    file,
  }));
  input.value = "";
  upload(items);
}

async function fromEntry(entry, above = []) {
  const path = [...above, entry.name];
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  const items = [{ path }];
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return items;
    for (const each of some) items.push(...(await fromEntry(each, path)));
  }
}

async function fromDrop(transfer) {
  // Entries have to be taken before anything is waited for: afterwards they are gone.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = Array.from(transfer.files, (file) => ({ path: [file.name], file }));
  if (!entries.length) {
    upload(files);
    return;
  }
  try {
    upload((await Promise.all(entries.map((entry) => fromEntry(entry)))).flat());
  } catch {
    complain("What was dropped could not be read. See that it is still there, then try again.");
  }
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  at("drop").hidden = false;
});
addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth -= 1;
  if (depth <= 0) at("drop").hidden = true;
});
addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  at("drop").hidden = true;
  fromDrop(event.dataTransfer);
});
addEventListener("beforeunload", (event) => {
  if (sending) event.preventDefault();
});

at("upload").addEventListener("click", () => at("files").click());
at("upload-folder").addEventListener("click", () => at("folders").click());
at("files").addEventListener("change", (event) => fromInput(event.target));
at("folders").addEventListener("change", (event) => fromInput(event.target));
at("transfer-cancel").addEventListener("click", () => {
  waiting.length = 0;
  sending?.request?.abort();
});
