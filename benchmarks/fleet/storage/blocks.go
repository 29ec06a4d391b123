// The recorded series: what each is worth, and the blocks of their history.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/tombstones"
)

const (
	samplesPerChunk = 120
	// The longest range that compaction makes of two hours by threes, within a tenth of the retention.
	blockMillis = 54 * hour
)

// One recorded series, and what it is worth at any time.
type course struct {
	labels   labels.Labels
	interval int64
	mean     float64
	share    float64
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
			c := &course{labels: labelsOf(one.Labels, kernel, ""), interval: one.IntervalMillis, mean: one.Mean, share: one.Share, whole: one.Whole}
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
		day := 0.7 + 0.3*math.Sin(2*math.Pi*float64(t)/float64(24*hour))
		c.now = c.mean * day * (0.5 + c.chance(held))
		if c.whole {
			c.now = math.Round(c.now)
		}
	}
	return c.now
}

// Of what is seldom, some evaluations give nothing.
func (c *course) isThere(t int64) bool {
	return c.share >= 1 || c.chance(-t/c.interval) < c.share
}

// From 0 to 1, the same for the same number.
func (c *course) chance(number int64) float64 {
	x := c.seed ^ uint64(number)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
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
		if !c.isThere(t) {
			continue
		}
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
