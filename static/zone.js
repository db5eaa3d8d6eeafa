// Says a time in the zone of this browser, below the event's own; and proposes that zone where a form asks for one.
(() => {
  const lang = document.documentElement.lang;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const same = (zone) => {  // a zone has several names: Asia/Calcutta is Asia/Kolkata
    try {
      return zone === here || Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone === here;
    } catch {
      return false;
    }
  };
  if (!here) return;

  for (const time of document.querySelectorAll("time[data-here]")) {
    if (same(time.dataset.zone)) continue;
    const start = new Date(time.dateTime), end = new Date(time.dataset.end || time.dateTime);
    const said = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" }).formatRange(start, end)
      .replace(/ 1 (?=\p{L})/gu, lang === "fr" ? " 1er " : "$&");
    const zone = new Intl.DateTimeFormat(lang, { timeZoneName: "long" }).formatToParts(start)
      .find((part) => part.type === "timeZoneName").value;
    const line = time.closest(".times").querySelector("[hidden]");
    line.querySelector("bdi").textContent = said;
    line.append(` · ${zone}`);
    line.hidden = false;
  }

  for (const select of document.querySelectorAll("select[name=time_zone]")) {
    if (select.value) continue;
    const names = [...select.options].map((option) => option.value).filter(Boolean);
    select.value = names.find((name) => name === here) ?? names.find(same) ?? "";
  }
  for (const field of document.querySelectorAll("input[type=hidden][name=time_zone]")) field.value ||= here;
})();
