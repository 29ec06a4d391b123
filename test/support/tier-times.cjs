/** Says at the end how long the suites of each jest project ran, and which were the slowest. */
module.exports = class TierTimes {
  suites = [];

  onTestResult({ context, path }, { perfStats }) {
    this.suites.push({
      tier: context.config.displayName.name,
      path: path.slice(context.config.rootDir.length + 1),
      seconds: (perfStats.end - perfStats.start) / 1000,
    });
  }

  onRunComplete() {
    const tiers = new Map();
    for (const { tier, seconds } of this.suites) {
      const { count, sum } = tiers.get(tier) ?? { count: 0, sum: 0 };
      tiers.set(tier, { count: count + 1, sum: sum + seconds });
    }
    for (const [tier, { count, sum }] of tiers)
      console.log(`${tier}: ${count} suites, ${sum.toFixed(1)} s, added up over the workers`);
    if (this.suites.length < 10) return;
    const slowest = this.suites.sort((a, b) => b.seconds - a.seconds).slice(0, 5);
    console.log(
      `slowest: ${slowest.map(({ path, seconds }) => `${path} ${seconds.toFixed(1)} s`).join(', ')}`,
    );
  }
};
