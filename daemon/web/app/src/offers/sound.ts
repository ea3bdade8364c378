// Two short notes, made here: no file is fetched.  A browser lets a page
// sound only after somebody has touched it.
let audio: AudioContext | null = null;

function touched(): void {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
}
for (const gesture of ['pointerdown', 'keydown'])
  addEventListener(gesture, touched, { once: true, capture: true });

export function chime(): void {
  if (!audio || audio.state !== 'running') return;
  const at = audio.currentTime;
  for (const [i, pitch] of [659.3, 880].entries()) {
    const note = audio.createOscillator();
    const loud = audio.createGain();
    const start = at + i * 0.16;
    note.frequency.value = pitch;
    loud.gain.setValueAtTime(0, start);
    loud.gain.linearRampToValueAtTime(0.18, start + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, start + 0.45);
    note.connect(loud).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.5);
  }
}
