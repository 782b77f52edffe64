mod durable;
mod model;
