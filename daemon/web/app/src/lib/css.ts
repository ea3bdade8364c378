// Style properties of one element, set by script: the page's policy refuses
// style attributes.  `use:css={{ height: '40px', '--row': '74px' }}`
type Props = Record<string, string>;

export function css(node: HTMLElement | SVGElement, props: Props): { update(p: Props): void } {
  let was: Props = {};
  const update = (p: Props): void => {
    for (const [name, value] of Object.entries(p))
      if (was[name] !== value) node.style.setProperty(name, value);
    for (const name of Object.keys(was)) if (!(name in p)) node.style.removeProperty(name);
    was = p;
  };
  update(props);
  return { update };
}
