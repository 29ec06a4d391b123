// The head: raw series of the last hours, with the recorded ones beside them.
package main

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

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
		if t := at / c.interval * c.interval; t > at-scrape && c.isThere(t) {
			_, err := appender.Append(0, c.labels, t, c.at(t))
			must(err)
		}
	}
	must(appender.Commit())
}

func float64At(values []byte, step int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(values[8*step:]))
}
