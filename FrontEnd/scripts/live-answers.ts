/**
 * `<live-answers>` tells how many answers came since the page was made: it holds a link to look again, hidden while
 * there are none. `data-after` is where the account's events stood then, `data-survey` and `data-band` what the page
 * is narrowed to.
 */
class LiveAnswers extends HTMLElement {
  private source?: EventSource;
  private seen = new Set<string>();
  private after = this.dataset.after ?? "0";
  private waiting?: number;

  connectedCallback() {
    document.addEventListener("visibilitychange", this.listen);
    addEventListener("pagehide", this.stop);
    this.listen();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.listen);
    removeEventListener("pagehide", this.stop);
    this.stop();
  }

  private stop = () => {
    this.source?.close();
    this.source = undefined;
  };

  // A browser keeps few connections to one server: a page that nobody looks at gives its own back.
  private listen = () => {
    if (document.hidden) return this.stop();
    if (this.source) return;
    this.source = new EventSource(`/stream?after=${encodeURIComponent(this.after)}`);
    this.source.addEventListener("response.recorded", (event) => this.hear(event));
  };

  private hear(event: MessageEvent<string>) {
    this.after = event.lastEventId;
    const { data } = JSON.parse(event.data) as { data: Record<string, string> };
    const { survey, band } = this.dataset;
    if ((survey && data.survey !== survey) || (band && data.band !== band)) return;
    // What was recorded but not yet sealed when the list was read stands in it already.
    if (document.querySelector(`[data-rows] input[value="${CSS.escape(data.response)}"]`)) return;
    this.seen.add(data.response);
    // Answers that come together are told together: whoever listens to the page hears one number.
    this.waiting ??= window.setTimeout(this.tell, 500);
  }

  private tell = () => {
    this.waiting = undefined;
    const link = this.querySelector("a");
    const count = this.querySelector("[data-count]");
    if (!link || !count) return;
    count.textContent = `${this.seen.size}`;
    link.hidden = false;
  };
}

customElements.define("live-answers", LiveAnswers);
