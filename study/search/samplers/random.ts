import { draw } from '../distributions.ts';
import { namesOf, type Parameter, type Space, type Values } from '../space.ts';

/**
 * A draw of every parameter, whether or not it applies: so a parameter's random number doesn't depend on the others' values.
 *
 * @param random gives a number from 0 to 1, without 1; it is called once for each parameter, in the order of their names.
 */
export function drawAll(space: Space, random: () => number): Values {
  return Object.fromEntries(namesOf(space).map((name) => [name, draw(space[name] as Parameter, random)]));
}
