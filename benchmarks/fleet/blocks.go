// Writes the storage of a Prometheus that has watched a fleet: a head with the raw series of the last hours, as live
// ingestion leaves it, and blocks of the recorded series before that. Reads a plan (plan.ts) from its standard input,
// and prints what it wrote. Built by write-storage.ts, with the modules that the native stack pins.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/tombstones"
)

const (
	workers         = 2
	samplesPerChunk = 120
	hour            = int64(3_600_000)
	// The longest range that compaction makes of two hours by threes, within a tenth of the retention.
	blockMillis = 54 * hour
)

type plan struct {
	Folder        string
	End           int64
	RawMillis     int64
	ScrapeMillis  int64
	HistoryMillis int64
	Kernels       []string
	Templates     [][]templateSeries
	Members       []member
	Recorded      []recordedSeries
}

type templateSeries struct {
	Labels map[string]string
	// Of float64: the value at each scrape, NaN where the page had none yet.
	Values []byte
	// A counter is 0 when it begins.
	Counter bool
}

type member struct {
	Kernel, Instance    string
	Template            int
	FirstStep, LastStep int
	// How far into the template its page is at its first step.
	PageStep int
}

type recordedSeries struct {
	Labels         map[string]string
	IntervalMillis int64
	Mean           float64
	Whole          bool
}

type written struct {
	Series  int   `json:"series"`
	Samples int64 `json:"samples"`
}

func main() {
	var p plan
	must(json.NewDecoder(os.Stdin).Decode(&p))
	recorded := recordedOf(p)
	begin := p.End - p.RawMillis
	history := writeBlocks(p, recorded, begin)
	raw := writeHead(p, recorded, begin)
	must(json.NewEncoder(os.Stdout).Encode(map[string]written{"raw": raw, "recorded": history}))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// One recorded series, and what it is worth at any time.
type course struct {
	labels   labels.Labels
	interval int64
	mean     float64
	whole    bool
	hold     int64
	seed     uint64
	held     int64
	now      float64
}

func recordedOf(p plan) []*course {
	var all []*course
	for _, one := range p.Recorded {
		kernels := []string{""}
		for _, text := range one.Labels {
			if strings.Contains(text, "{kernel}") {
				kernels = p.Kernels
			}
		}
		for _, kernel := range kernels {
			c := &course{labels: labelsOf(one.Labels, kernel, ""), interval: one.IntervalMillis, mean: one.Mean, whole: one.Whole}
			c.seed = c.labels.Hash()
			// Counts of rare things change seldom.
			c.hold = 60_000
			if c.whole && c.mean < 20 {
				c.hold = 600_000
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *course) int { return labels.Compare(a.labels, b.labels) })
	return all
}

// By day more than by night, and never twice the same.
func (c *course) at(t int64) float64 {
	if held := t / c.hold; held != c.held {
		c.held = held
		x := c.seed ^ uint64(held)*0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		share := float64((x^x>>31)>>11) / (1 << 53)
		day := 0.7 + 0.3*math.Sin(2*math.Pi*float64(t)/float64(24*hour))
		c.now = c.mean * day * (0.5 + share)
		if c.whole {
			c.now = math.Round(c.now)
		}
	}
	return c.now
}

func labelsOf(names map[string]string, kernel, instance string) labels.Labels {
	replacer := strings.NewReplacer("{kernel}", kernel, "{instance}", instance)
	filled := make(map[string]string, len(names))
	for name, text := range names {
		filled[name] = replacer.Replace(text)
	}
	return labels.FromMap(filled)
}

func writeBlocks(p plan, recorded []*course, end int64) written {
	total := written{Series: len(recorded)}
	if p.HistoryMillis == 0 || len(recorded) == 0 {
		return total
	}
	type span struct{ from, to int64 }
	var spans []span
	for from := end - p.HistoryMillis; from < end; {
		to := min(end, (from/blockMillis+1)*blockMillis)
		spans = append(spans, span{from, to})
		from = to
	}
	var wait sync.WaitGroup
	var lock sync.Mutex
	next, done := 0, 0
	for range workers {
		wait.Go(func() {
			for {
				lock.Lock()
				if next == len(spans) {
					lock.Unlock()
					return
				}
				one := spans[next]
				next++
				lock.Unlock()
				samples := writeBlock(p.Folder, recorded, one.from, one.to)
				lock.Lock()
				done++
				total.Samples += samples
				say("recorded series: block %d of %d", done, len(spans))
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return total
}

func writeBlock(folder string, recorded []*course, from, to int64) int64 {
	id := ulid.Make()
	dir := filepath.Join(folder, id.String())
	chunkWriter, err := chunks.NewWriter(filepath.Join(dir, "chunks"))
	must(err)
	indexWriter, err := index.NewWriter(context.Background(), filepath.Join(dir, "index"))
	must(err)
	for _, symbol := range symbolsOf(recorded) {
		must(indexWriter.AddSymbol(symbol))
	}
	meta := tsdb.BlockMeta{ULID: id, MinTime: from, MaxTime: to, Version: 1}
	meta.Compaction = tsdb.BlockMetaCompaction{Level: 4, Sources: []ulid.ULID{id}}
	for ref, shared := range recorded {
		c := *shared // two blocks are written at a time
		c.held = -1
		metas := c.chunks(from, to)
		if len(metas) == 0 {
			continue
		}
		must(chunkWriter.WriteChunks(metas...))
		must(indexWriter.AddSeries(storage.SeriesRef(ref), c.labels, metas...))
		meta.Stats.NumSeries++
		meta.Stats.NumChunks += uint64(len(metas))
		for _, one := range metas {
			meta.Stats.NumSamples += uint64(one.Chunk.NumSamples())
		}
	}
	meta.Stats.NumFloatSamples = meta.Stats.NumSamples
	must(chunkWriter.Close())
	must(indexWriter.Close())
	_, err = tombstones.WriteFile(slog.New(slog.DiscardHandler), dir, tombstones.NewMemTombstones())
	must(err)
	text, err := json.MarshalIndent(meta, "", "\t")
	must(err)
	must(os.WriteFile(filepath.Join(dir, "meta.json"), text, 0o644))
	return int64(meta.Stats.NumSamples)
}

func (c *course) chunks(from, to int64) []chunks.Meta {
	var metas []chunks.Meta
	var appender chunkenc.Appender
	count := samplesPerChunk
	for t := (from + c.interval - 1) / c.interval * c.interval; t < to; t += c.interval {
		if count == samplesPerChunk {
			chunk := chunkenc.NewXORChunk()
			var err error
			appender, err = chunk.Appender()
			must(err)
			metas = append(metas, chunks.Meta{Chunk: chunk, MinTime: t})
			count = 0
		}
		appender.Append(0, t, c.at(t))
		metas[len(metas)-1].MaxTime = t
		count++
	}
	return metas
}

func symbolsOf(recorded []*course) []string {
	seen := map[string]bool{"": true}
	for _, c := range recorded {
		c.labels.Range(func(l labels.Label) { seen[l.Name], seen[l.Value] = true, true })
	}
	symbols := make([]string, 0, len(seen))
	for symbol := range seen {
		symbols = append(symbols, symbol)
	}
	slices.Sort(symbols)
	return symbols
}

// The raw series of one process, as they are told to the head.
type source struct {
	member
	template []templateSeries
	refs     []storage.SeriesRef
	labels   []labels.Labels
	// Scrapes of a fleet are spread over the interval.
	delay int64
}

func writeHead(p plan, recorded []*course, begin int64) written {
	options := tsdb.DefaultOptions()
	options.RetentionDuration = 0
	options.EnableMemorySnapshotOnShutdown = true // the Prometheus that opens it need not replay two hours
	db, err := tsdb.Open(p.Folder, slog.New(slog.DiscardHandler), nil, options, nil)
	must(err)
	db.DisableCompactions()
	sources := make([]*source, len(p.Members))
	total := written{}
	for i, m := range p.Members {
		template := p.Templates[m.Template]
		s := &source{member: m, template: template, delay: int64(i) * p.ScrapeMillis / int64(len(p.Members))}
		s.refs = make([]storage.SeriesRef, len(template))
		for _, one := range template {
			s.labels = append(s.labels, labelsOf(one.Labels, m.Kernel, m.Instance))
		}
		sources[i] = s
	}
	steps := int(p.RawMillis / p.ScrapeMillis)
	counts := make([]int64, workers)
	const together = 40 // scrapes between two that wait for each other: what is too old is refused
	for from := 0; from < steps; from += together {
		var wait sync.WaitGroup
		for worker := range workers {
			wait.Go(func() {
				for step := from; step < min(steps, from+together); step++ {
					at := begin + int64(step)*p.ScrapeMillis
					for i := worker; i < len(sources); i += workers {
						counts[worker] += sources[i].scrape(db, step, at, begin)
					}
					if worker == 0 {
						appendRecorded(db, recorded, at, p.ScrapeMillis)
					}
				}
			})
		}
		wait.Wait()
		say("raw series: %d of %d scrapes", min(steps, from+together), steps)
	}
	for _, samples := range counts {
		total.Samples += samples
	}
	total.Series = int(db.Head().NumSeries()) - len(recorded)
	must(db.Close())
	return total
}

func (s *source) scrape(db *tsdb.DB, step int, at, begin int64) (samples int64) {
	if step < s.FirstStep || step > s.LastStep {
		return 0
	}
	t := at + s.delay
	page := s.PageStep + step - s.FirstStep
	appender := db.Appender(context.Background())
	put := func(i int, t int64, v float64) {
		ref, err := appender.Append(s.refs[i], s.labels[i], t, v)
		must(err)
		s.refs[i] = ref
		samples++
	}
	for i, one := range s.template {
		v := float64At(one.Values, page)
		if math.IsNaN(v) {
			continue
		}
		born := one.Counter && (page == 0 || math.IsNaN(float64At(one.Values, page-1)))
		if born && t-1000 >= begin {
			put(i, t-1000, 0)
		}
		if step == s.LastStep {
			v = math.Float64frombits(value.StaleNaN)
		}
		put(i, t, v)
	}
	must(appender.Commit())
	return samples
}

func appendRecorded(db *tsdb.DB, recorded []*course, at, scrape int64) {
	appender := db.Appender(context.Background())
	for _, c := range recorded {
		if t := at / c.interval * c.interval; t > at-scrape {
			_, err := appender.Append(0, c.labels, t, c.at(t))
			must(err)
		}
	}
	must(appender.Commit())
}

func float64At(values []byte, step int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(values[8*step:]))
}
