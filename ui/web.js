() => {
  // Shows that a reply is being marked, brings the newest mark into view, keeps the draft of an
  // answer over a reload. Everything else is decided by the server.
  const DRAFT = "greenroom-draft";
  const SLOW = 2500; // milliseconds after which a wait is explained
  let slow = null;

  const box = () => document.querySelector("#answer textarea");
  const turn = () => document.querySelector("#prompt [data-turn]")?.dataset.turn;
  const visible = (element) => element && element.offsetParent !== null;
  const say = (text) => {
    const status = document.querySelector("#working");
    if (status) status.textContent = text;
  };

  function showNewest() {
    const chat = document.querySelector("#chat [role=log], #chat .bubble-wrap");
    const said = [...document.querySelectorAll("#chat .message.user, #chat .message.bot")];
    if (!chat || !said.length) return;
    let first = said.length - 1;
    while (first > 0 && !said[first - 1].classList.contains("user")) first -= 1;
    const gap = said[first].getBoundingClientRect().top - chat.getBoundingClientRect().top;
    chat.scrollTop += gap - 12;
  }

  function restoreDraft() {
    const field = box();
    const kept = JSON.parse(localStorage.getItem(DRAFT) ?? "null");
    if (!visible(field) || field.value || kept?.turn !== turn()) return;
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
        showNewest();
        restoreDraft();
        // On a touch screen a focused field would bring up the keyboard over the mark.
        if (visible(box()) && matchMedia("(pointer: fine)").matches) box().focus({ preventScroll: true });
      }, 120);
    },
  };

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    localStorage.setItem(DRAFT, JSON.stringify({ turn: turn(), text: event.target.value }));
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
