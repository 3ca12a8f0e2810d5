import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Composer, sendFile } from './composer.tsx';
import { Messages } from './messages.tsx';
import { People } from './people.tsx';
import { begin, bot, startFrom, toast } from './state.ts';

/** The chat with the bot, as Telegram shows it. */
export function Chat({ start }: { start: string | undefined }): JSX.Element {
  useEffect(() => {
    begin();
    if (start !== undefined) void startFrom(start);
  }, []);
  return (
    <section class="chat" aria-label={`Chat with ${bot.value.firstName}`} onDragOver={allow} onDrop={drop}>
      <People />
      <Messages />
      <Composer />
      <Toast />
    </section>
  );
}

function Toast(): JSX.Element {
  const shown = toast.value;
  return (
    <>
      <div class="toasts" role="status" aria-live="polite">
        {shown && !shown.isAlert && (
          <div class="toast" dir="auto">
            {shown.text}
          </div>
        )}
      </div>
      {shown?.isAlert && <Alert key={shown.text} text={shown.text} />}
    </>
  );
}

/** Waits until it is closed, and gives the focus back then, as dialogs of a browser do. */
function Alert({ text }: { text: string }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="alert" aria-label="The answer" onClose={() => (toast.value = undefined)}>
      <p dir="auto">{text}</p>
      <form method="dialog">
        <button class="primary">OK</button>
      </form>
    </dialog>
  );
}

function allow(event: DragEvent): void {
  event.preventDefault();
}

function drop(event: DragEvent): void {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void sendFile(file);
}
