() => {
  // The Library page: asks before it forgets, hands over decisions on questions, moves within a row
  // of the coverage map by arrow keys.
  let asked = "";

  const press = (name) => document.querySelector(`#library-${name}`)?.click();

  function ask(request, name) {
    asked = request;
    press(name);
  }

  window.greenroomLibrary = {
    asked: () => asked,
    begin: () => window.greenroom?.begin(),
    end: () => window.greenroom?.rest(),
  };

  function edited(form) {
    const points = [...form.querySelectorAll(".point")].map((point) => ({
      text: point.querySelector("[name=text]").value,
      quote: point.querySelector("[name=quote]").value,
      weight: Number(point.dataset.weight),
    }));
    const question = form.querySelector("[name=question]").value;
    return JSON.stringify({ do: "edit", id: form.dataset.draft, question, points });
  }

  // What every cell of the coverage map has, which would be most of what is sent of it.
  document.addEventListener("pointerover", (event) => {
    const cell = event.target.closest?.("[data-question]");
    if (cell && !cell.title) cell.title = cell.getAttribute("aria-label");
  });
  document.addEventListener(
    "click",
    (event) => {
      const cell = event.target.closest?.("[data-question]");
      if (cell) cell.dataset.practise = JSON.stringify({ question_ids: [cell.dataset.question] });
    },
    true, // before page.js looks for what is to be practised
  );

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-forget], [data-review]");
    if (!button) return;
    const { forget, asks, review } = button.dataset;
    if (review) ask(review, "decide");
    else if (confirm(asks)) ask(forget, "forget");
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-draft]")) return;
    event.preventDefault();
    ask(edited(event.target), "decide");
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".cells .cell");
    if (!cell) return;
    const cells = [...cell.parentElement.children];
    const places = { ArrowRight: 1, ArrowLeft: -1, Home: -cells.length, End: cells.length };
    if (!(event.key in places)) return;
    event.preventDefault();
    const wanted = cells.indexOf(cell) + places[event.key];
    const next = cells[Math.max(0, Math.min(cells.length - 1, wanted))];
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
