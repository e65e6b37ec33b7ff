const { startKafka } = await import("@ottla/testing");
import { Session } from "node:inspector/promises";
import { writeFileSync } from "node:fs";
const prof = process.env.PROF; let s: Session|undefined;
if (prof) { s=new Session(); s.connect(); await s.post("Profiler.enable"); await s.post("Profiler.setSamplingInterval",{interval:100}); await s.post("Profiler.start"); }
const c0=process.cpuUsage(), t0=performance.now();
const kafka = await startKafka({ topics: { t: 1 } });
const t1=performance.now(), c1=process.cpuUsage(c0);
const producer = kafka.client().producer();
await producer.send({ topic: "t", value: "first" });
const t2=performance.now(), c2=process.cpuUsage(c0);
if (s) { const {profile}=await s.post("Profiler.stop"); writeFileSync(prof!, JSON.stringify(profile)); }
console.log("start",(t1-t0).toFixed(1),"cpu",(c1.user+c1.system)/1000,"send",(t2-t1).toFixed(1),"cpu both",(c2.user+c2.system)/1000);
await kafka.stop();
