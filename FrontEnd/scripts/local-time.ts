// Times are written in the account's zone; a reader elsewhere sees their own on hover.
const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

for (const time of document.querySelectorAll<HTMLTimeElement>("time[datetime*=T]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.getTime())) time.title ||= format.format(moment);
}
