// What a holder shows stands behind `#`, which no server is sent. Move it into the box, and out of the address and its history.
const box = document.querySelector("[data-shown]");
const shown = location.hash.slice(1);
if (box && shown) {
  box.value = shown;
  history.replaceState(null, "", location.pathname + location.search);
}
