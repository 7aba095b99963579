// Small conveniences of every page. Every page works without this file.
const root = document.documentElement;

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.matches("[data-theme-form]")) {
    event.preventDefault();
    switchTheme(form);
  } else if (form.method === "post" && !form.hasAttribute("hx-post")) {
    window.setTimeout(() => event.submitter?.setAttribute("aria-disabled", "true"), 0);
  }
});

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme(form) {
  const theme = isDark() ? "light" : "dark";
  root.dataset.theme = theme;
  const body = new FormData(form);
  body.set("theme", theme);
  fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
}

function prepare(scope) {
  for (const button of scope.querySelectorAll("[data-copy]")) {
    button.hidden = false;
  }
  for (const field of scope.querySelectorAll("form[data-auto-submit] select")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    window.setTimeout(() => { button.textContent = before; }, 2000);
  }
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
