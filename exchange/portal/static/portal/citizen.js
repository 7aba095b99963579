// Citizens' pages load this alone: no component of govuk-frontend that needs scripts is used there.
import "./conveniences.js";

const faults = document.querySelector(".govuk-error-summary");
if (faults) {
  faults.tabIndex = -1;
  faults.focus();
}
