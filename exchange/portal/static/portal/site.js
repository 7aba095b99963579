// Small conveniences for pages with every component of govuk-frontend. Every page works without this file.
import "./conveniences.js";
import { initAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
