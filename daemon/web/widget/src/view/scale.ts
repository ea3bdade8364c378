// A survey's scale in the conversation, and what is asked after it.  Its element
// stays while what is in it changes, so that the focus has somewhere to be.
import type { Further, Poll } from '../survey';
import type { Words } from '../words';
import { empty, h, on } from './dom';

export class Scale {
  readonly element = h('div', { class: 'scale', role: 'group' });
  private drawn = '';

  constructor(
    private poll: Poll,
    private w: Words,
  ) {
    this.element.setAttribute('aria-label', poll.asked.words);
    this.render();
  }

  render(): void {
    const { step, score, further, failed } = this.poll;
    const sign = `${step} ${String(score)} ${further?.name ?? ''} ${String(failed)}`;
    if (sign === this.drawn) return;
    this.drawn = sign;
    const root = this.element.getRootNode();
    const had = root instanceof ShadowRoot && this.element.contains(root.activeElement);
    empty(this.element);
    if (step === 'ask' || step === 'sending' || step === 'failed') this.scores();
    else this.thanks();
    if (step === 'failed') this.say(this.w.surveyLater);
    if (step === 'done' && further !== null) this.ask(further);
    if (failed) this.say(this.w.surveyLater);
    if (!had) return;
    const next = this.element.querySelector<HTMLElement>('[aria-pressed="true"], textarea, input');
    if (next !== null) next.focus();
    else {
      this.element.tabIndex = -1;
      this.element.focus();
    }
  }

  private say(text: string): void {
    this.element.appendChild(h('p', { class: 'note', role: 'status' }, text));
  }

  private scores(): void {
    const { asked, score, step } = this.poll;
    const worded = asked.scale.length > 0 && asked.scale[0]?.words !== '';
    const row = h('div', { class: worded ? 'scores worded' : 'scores' });
    for (let i = 0; i < asked.scale.length; i++) {
      const s = asked.scale[i];
      if (s === undefined) continue;
      const b = h(
        'button',
        {
          type: 'button',
          'aria-pressed': s.score === score ? 'true' : 'false',
          'aria-disabled': step === 'sending' ? 'true' : undefined,
        },
        s.words === '' ? String(s.score) : s.words,
      );
      on(b, 'click', () => this.poll.tap(s.score));
      row.appendChild(b);
    }
    this.element.appendChild(row);
    if (asked.ends !== null)
      this.element.appendChild(
        h('p', { class: 'ends' }, h('span', {}, asked.ends[0]), h('span', {}, asked.ends[1])),
      );
  }

  private thanks(): void {
    const { asked, score, step } = this.poll;
    if (step === 'over') return this.say(this.w.surveyOver);
    let words = String(score ?? '');
    for (let i = 0; i < asked.scale.length; i++) {
      const s = asked.scale[i];
      if (s !== undefined && s.score === score && s.words !== '') words = s.words;
    }
    this.say(this.w.surveyThanks(words));
  }

  private ask(q: Further): void {
    const form = h('form', { novalidate: true }, h('p', { class: 'ask' }, q.text));
    const boxes: HTMLInputElement[] = [];
    const text = h('textarea', { rows: 2, maxlength: 2000, 'aria-label': q.text });
    for (let i = 0; i < q.choices.length; i++) {
      const c = q.choices[i];
      if (c === undefined) continue;
      const box = h('input', { type: 'checkbox', value: c.name });
      boxes[boxes.length] = box;
      form.appendChild(h('label', { class: 'choice' }, box, h('span', {}, c.text)));
    }
    if (q.kind === 'text') form.appendChild(text);
    form.appendChild(h('button', { type: 'submit', class: 'pri' }, this.w.send));
    let busy = false;
    on<SubmitEvent>(form, 'submit', async (e) => {
      e.preventDefault();
      const chosen: string[] = [];
      for (let i = 0; i < boxes.length; i++) {
        const box = boxes[i];
        if (box?.checked) chosen[chosen.length] = box.value;
      }
      const said = text.value.trim();
      if (busy || (said === '' && chosen.length === 0)) return;
      busy = true;
      await this.poll.add(q.kind === 'text' ? said : chosen);
      busy = false;
    });
    this.element.appendChild(form);
  }
}
