// What the command cannot do for a reason that the person at the terminal can mend: one sentence, no stack.

export class Complaint extends Error {
  override readonly name = 'Complaint';
}
