import { describe, expect, test } from 'vitest';
import { emptyStudy, trainedNetworks, trainingsStudy } from '../../../bench/studies/study-files.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { planCourse } from '../../../study/plan/course.ts';

describe('the studies of the bench', () => {
  const planned = (input: ReturnType<typeof emptyStudy>) => {
    const study = parseStudy(JSON.parse(JSON.stringify(input)), 'bench');
    const profile = study.profiles.bench;
    if (!profile) throw new Error('expected the profile bench');
    return planCourse(study, profile, ([first]) => {
      if (!first) throw new Error('expected a trial');
      return first;
    }).flatMap(({ trials }) => trials);
  };

  test('the trainings are the dense and convolutional networks of the shipped study, 3 epochs each', () => {
    const trials = planned(trainingsStudy(1));
    expect(trials.map(({ name }) => name)).toEqual(trainedNetworks().map(({ name }) => name));
    expect(trials).toHaveLength(10);
    for (const { config } of trials) expect(config).toMatchObject({ epochs: 3, batchSize: 32, dropout: 0 });
  });

  test('the empty trials are as many as asked for', () => {
    expect(planned(emptyStudy(200, 1))).toHaveLength(200);
    expect(planned(emptyStudy(2, 1))).toHaveLength(2);
  });
});
