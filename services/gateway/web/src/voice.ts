// The coach's voice.

export class Voice {
  constructor(
    private readonly language: string,
    private readonly speech: SpeechSynthesis | undefined = window.speechSynthesis,
  ) {}

  // What is said now takes the place of what is still being said: old advice helps nobody.
  say(text: string) {
    if (!this.speech) return;
    this.speech.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = this.language;
    this.speech.speak(utterance);
  }

  // Only when nothing is being said: a number must not cut a sentence short.
  count(n: number) {
    if (this.speech && !this.speech.speaking && !this.speech.pending) this.say(String(n));
  }

  stop() {
    this.speech?.cancel();
  }
}
