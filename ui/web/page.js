() => {
  // Shows that a reply is being marked, brings the newest mark into view, keeps the draft of an
  // answer over a reload. Everything else is decided by the server.
  const DRAFT = "greenroom-draft";
  const SLOW = 2500; // milliseconds after which a wait is explained
  const GAP = 68; // pixels above what is brought into view: the header stays there
  let slow = null;

  const box = () => document.querySelector("#answer textarea");
  const turn = () => document.querySelector("#prompt [data-turn]")?.dataset.turn;
  const visible = (element) => element && element.offsetParent !== null;
  const say = (text) => {
    const status = document.querySelector("#working");
    if (status) status.textContent = text;
  };

  function showNewest() {
    const said = [...document.querySelectorAll("#chat .message.user, #chat .message.bot")];
    let shown = document.querySelector("#confirm") && document.querySelector("#panel");
    for (const message of shown ? [] : said.reverse()) {
      if (message.classList.contains("user")) break;
      shown = message;
    }
    if (shown) scrollTo({ top: shown.getBoundingClientRect().top + scrollY - GAP });
  }

  function keepDraft() {
    localStorage.setItem(DRAFT, JSON.stringify({ turn: turn(), text: box().value }));
  }

  function restoreDraft() {
    const field = box();
    if (!visible(field)) return;
    if (field.value) return keepDraft(); // the turn may have changed under it, after a hint
    const kept = JSON.parse(localStorage.getItem(DRAFT) ?? "null");
    if (!kept?.text || kept.turn !== turn()) return;
    field.value = kept.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  window.greenroom = {
    begin() {
      document.body.classList.add("busy");
      say("Working…");
      clearTimeout(slow);
      slow = setTimeout(() => say("Still working: the first answer waits for the model to load…"), SLOW);
    },
    end() {
      clearTimeout(slow);
      say("");
      document.body.classList.remove("busy");
      setTimeout(() => {
        // Gradio labels a message with its markup; what stands in it is enough to read out.
        document.querySelectorAll("#chat [aria-label*='<']").forEach((e) => e.removeAttribute("aria-label"));
        showNewest();
        restoreDraft();
        // On a touch screen a focused field would bring up the keyboard over the mark.
        if (visible(box()) && matchMedia("(pointer: fine)").matches) box().focus({ preventScroll: true });
      }, 120);
    },
  };

  document.addEventListener("input", (event) => {
    if (event.target === box()) keepDraft();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== box() || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!document.body.classList.contains("busy")) document.querySelector("#send").click();
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
