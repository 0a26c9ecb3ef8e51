() => {
  // The page on setup: sends a chosen file's bytes with the event that reads it, and asks before
  // anything is forgotten. Nothing is sent but what was chosen.
  const LARGEST = 5 * 2 ** 20; // bytes; the server has the same limit
  const ASK = {
    "#forget-mine": "Forget everything of yours here? This deletes it and cannot be undone.",
    "#forget-cv": "Forget your CV?",
    "#forget-job": "Forget your job description?",
  };
  let file = null;

  function asText(chosen) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = () => failed(reader.error);
      reader.readAsDataURL(chosen);
    });
  }

  window.greenroomSetup = {
    async chosen() {
      const chosen = file;
      file = null;
      if (!chosen) return "";
      // One that is too large is not sent: the server says what it says of one that is broken.
      const data = chosen.size > LARGEST ? "" : await asText(chosen);
      return JSON.stringify({ name: chosen.name, data });
    },
  };

  document.addEventListener("change", (event) => {
    const input = event.target.closest?.("input[data-paper]");
    if (!input?.files.length) return;
    file = input.files[0];
    if (file.size > LARGEST) alert(`${file.name} is larger than 5 MB. Choose a smaller file, or paste the text.`);
    else document.querySelector(`#read-${input.dataset.paper}`).click();
    input.value = ""; // the same file can be chosen again
  });
  document.addEventListener(
    "click",
    (event) => {
      const asked = Object.keys(ASK).find((selector) => event.target.closest?.(selector));
      if (!asked || confirm(ASK[asked])) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
