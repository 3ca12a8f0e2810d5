import type { ComponentChildren, JSX } from 'preact';

/** A table that is moved sideways where the screen is too narrow for it, by keyboard too. */
export function Table(props: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={props.name}>
      <table>{props.children}</table>
    </div>
  );
}
