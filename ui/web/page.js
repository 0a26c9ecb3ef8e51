() => {
  // Hands over what buttons in HTML ask for, shows that a reply is being marked, brings the newest
  // mark into view, keeps drafts over a reload, counts the time. All else the server decides.
  const DRAFT = "greenroom-draft";
  const FORMS = "greenroom-forms";
  const CLOCK = "greenroom-clock";
  const PAUSE = 2000; // milliseconds without a key after which a draft is read ahead
  const SLOW = 2500; // milliseconds after which a wait is explained
  const SHOWN = 60; // milliseconds after which a tab that was chosen stands there
  const GAP = 14; // pixels between what stays at the upper edge and what is brought into view
  let slow = null;
  let showing = null;
  let paused = null;
  let looked = 0; // second looks at marks that were shown before
  let sent = false; // whether the answer box is on its way
  let from = null; // the form that is on its way
  const places = {}; // how far each tab was read, by its name

  const box = () => document.querySelector("#answer textarea");
  const turn = () => document.querySelector("#prompt [data-turn]")?.dataset.turn;
  const visible = (element) => Boolean(element) && element.offsetParent !== null;
  const busy = () => document.body.classList.contains("busy");
  const read = (name) => JSON.parse(localStorage.getItem(name) ?? "null") ?? {};
  const keep = (name, value) => localStorage.setItem(name, JSON.stringify(value));
  const refused = () => visible(document.querySelector("#alert [role=alert], #told [role=alert]"));
  const say = (text) => {
    const status = document.querySelector("#working");
    if (status) status.textContent = text;
  };

  function ask(request, way) {
    if (busy()) return;
    window.greenroom.asked = request;
    document.querySelector(`#practise-${way}`)?.click();
  }

  function staying() {
    const above = [...document.querySelectorAll("#header, #pages > .tab-wrapper")];
    const sticky = above.filter((element) => getComputedStyle(element).position === "sticky");
    return sticky.reduce((height, element) => height + element.offsetHeight, 0);
  }

  function newest() {
    if (visible(document.querySelector("#confirm"))) return document.querySelector("#panel");
    const said = [...document.querySelectorAll("#chat .message")];
    let shown = null;
    if (seconds().length > looked) {
      const about = from ? formOf(from)?.closest(".grade") : document;
      return [...(about?.querySelectorAll(".second") ?? [])].pop() ?? null;
    }
    for (const message of said.reverse()) {
      if (message.classList.contains("user")) break;
      shown = message;
    }
    return shown;
  }

  function showNewest() {
    const shown = newest();
    if (shown) scrollTo({ top: shown.getBoundingClientRect().top + scrollY - GAP - staying() });
    // A real interview shows no marks: what was said last stands right above the panel.
    else if (document.querySelector("#chat .message")) scrollTo({ top: document.body.scrollHeight });
    const headline = shown?.querySelector?.(".headline")?.textContent;
    const spoken = document.querySelector("#spoken");
    if (spoken) spoken.textContent = headline ?? "";
  }

  function keepDraft() {
    keep(DRAFT, { turn: turn(), text: box().value });
  }

  function readAhead() {
    if (busy() || !box()?.value.trim()) return;
    document.querySelector("#practise-draft")?.click();
  }

  function restoreDraft() {
    const field = box();
    if (!visible(field)) return;
    if (sent && !field.value && !refused()) keepDraft(); // a command leads to no other turn
    sent = false;
    if (field.value) return keepDraft(); // the turn may have changed under it, after a hint
    const kept = read(DRAFT);
    if (!kept.text || kept.turn !== turn()) return;
    field.value = kept.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The boxes below marks: their text is kept until it was sent and taken.
  const formKey = (form) => `${(turn() ?? "").split("-")[0]} ${form.dataset.do} ${form.dataset.turn}`;
  const forms = () => document.querySelectorAll("form[data-do]");

  const formOf = (key) => [...forms()].find((form) => formKey(form) === key);
  const seconds = () => [...document.querySelectorAll("#chat .second")];

  function restoreForms() {
    const kept = read(FORMS);
    if (from && !refused()) delete kept[from];
    from = null;
    keep(FORMS, kept);
    for (const form of forms()) {
      const text = kept[formKey(form)];
      if (!text) continue;
      form.querySelector("textarea").value = text;
      form.closest("details").open = true;
    }
  }

  function send(form) {
    const text = form.querySelector("textarea").value;
    from = formKey(form);
    const request = { do: form.dataset.do, turn: Number(form.dataset.turn), text };
    ask(JSON.stringify(request), "act");
  }

  function tick() {
    const here = document.querySelector("#prompt [data-clock]");
    if (!visible(here)) return;
    let kept = read(CLOCK);
    if (kept.turn !== here.dataset.clock) keep(CLOCK, (kept = { turn: here.dataset.clock, since: Date.now() }));
    const seconds = Math.max(0, Math.round((Date.now() - kept.since) / 1000));
    const minutes = Math.floor(seconds / 60);
    const exact = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    const shown = "timed" in here.dataset ? exact : minutes ? `${minutes} min` : "";
    const clock = here.querySelector(".clock");
    if (clock && clock.textContent !== shown) clock.textContent = shown;
  }

  // On a narrow screen what is seldom needed is folded away.
  function unfold(shown) {
    document.body.classList.toggle("more", shown);
    document.querySelector("#more-replies")?.setAttribute("aria-expanded", shown);
  }

  function showNow() {
    unfold(false);
    showNewest();
    restoreDraft();
    restoreForms();
    tick();
    // On a touch screen a focused field would bring up the keyboard over the mark.
    if (visible(box()) && matchMedia("(pointer: fine)").matches) box().focus({ preventScroll: true });
    else if (visible(document.querySelector("#confirm"))) {
      document.querySelector("#confirm .choices:not(:has(.tapped)) button")?.focus({ preventScroll: true });
    }
  }

  window.greenroom = {
    asked: "",
    begin(values) {
      clearTimeout(showing); // else what was drawn before would take this for its own end
      clearTimeout(paused);
      sent ||= Boolean(values?.length); // what was sent before may not have been drawn
      looked = seconds().length;
      document.body.classList.add("busy");
      document.querySelector("#working")?.classList.remove("failed");
      say("Working…");
      clearTimeout(slow);
      slow = setTimeout(() => say("Still working: the first answer waits for the model to load…"), SLOW);
    },
    rest() {
      clearTimeout(slow);
      say("");
      document.body.classList.remove("busy");
    },
    end() {
      this.rest();
      clearTimeout(showing);
      showing = setTimeout(showNow, 120);
    },
    failed() {
      setTimeout(() => {
        say("That did not work, and nothing is lost. Try again, or reload the page.");
        document.querySelector("#working")?.classList.add("failed");
      }, 200);
    },
    save(saved) {
      if (!saved) return;
      const file = JSON.parse(saved);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([file.text], { type: `${file.type};charset=utf-8` }));
      link.download = file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },
  };
  setInterval(tick, 1000);
  // Where a keyboard on the screen would lie over the answer box, the page makes room for it.
  const size = document.querySelector("meta[name=viewport]");
  if (size) size.content += ", interactive-widget=resizes-content";

  document.addEventListener("input", (event) => {
    if (event.target === box()) {
      clearTimeout(paused);
      paused = setTimeout(readAhead, PAUSE);
      return keepDraft();
    }
    const form = event.target.closest?.("form[data-do]");
    if (form) keep(FORMS, { ...read(FORMS), [formKey(form)]: event.target.value });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form[data-do]");
    if (event.target !== box() && !form) return;
    event.preventDefault();
    if (form) send(form);
    else if (!busy()) document.querySelector("#send").click();
  });
  // The tabs share one scroll bar: each is found again where it was left, a new one at its top.
  document.addEventListener(
    "click",
    (event) => {
      const tab = event.target.closest("#pages > .tab-wrapper [role=tab]");
      const left = document.querySelector("#pages > .tab-wrapper [role=tab][aria-selected=true]");
      if (!tab || !left || tab.textContent === left.textContent) return;
      places[left.textContent] = scrollY;
      setTimeout(() => scrollTo({ top: places[tab.textContent] ?? 0 }), SHOWN);
    },
    true,
  );
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-do]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#more-replies")) return unfold(!document.body.classList.contains("more"));
    const asked = event.target.closest("[data-act], [data-practise], [data-print]");
    if (!asked) return;
    const { act, practise } = asked.dataset;
    if (act) ask(act, JSON.parse(act).do === "save" ? "save" : "act");
    else if (practise) ask(practise, "open");
    else print();
  });
  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest("#stop")) return;
      if (confirm("End this interview now and see the debrief?")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
